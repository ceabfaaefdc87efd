package io.larch.http.v3.service;

/** Field numbers of the messages that are looked at here, as etcd's protocol files have them. */
final class Fields {
    static final class Range {
        static final int KEY = 1;
        static final int RANGE_END = 2;
        static final int LIMIT = 3;
        static final int REVISION = 4;
        static final int SORT_ORDER = 5;
        static final int SORT_TARGET = 6;
        static final int SERIALIZABLE = 7;
        static final int KEYS_ONLY = 8;
        static final int COUNT_ONLY = 9;
        static final int MIN_MOD_REVISION = 10;
        static final int MAX_MOD_REVISION = 11;
        static final int MIN_CREATE_REVISION = 12;
        static final int MAX_CREATE_REVISION = 13;
        static final int MAX_SORT_ORDER = 2;
        static final int MAX_SORT_TARGET = 4;

        private Range() {}
    }

    static final class Put {
        static final int KEY = 1;
        static final int VALUE = 2;
        static final int LEASE = 3;
        static final int IGNORE_VALUE = 5;
        static final int IGNORE_LEASE = 6;

        private Put() {}
    }

    static final class DeleteRange {
        static final int KEY = 1;
        static final int RANGE_END = 2;

        private DeleteRange() {}
    }

    static final class Txn {
        static final int COMPARE = 1;
        static final int SUCCESS = 2;
        static final int FAILURE = 3;

        private Txn() {}
    }

    static final class Compare {
        static final int RESULT = 1;
        static final int TARGET = 2;
        static final int KEY = 3;
        static final int MAX_RESULT = 3;
        static final int MAX_TARGET = 4;

        private Compare() {}
    }

    /** Of RequestOp, which has one of them. */
    static final class Op {
        static final int RANGE = 1;
        static final int PUT = 2;
        static final int DELETE_RANGE = 3;
        static final int TXN = 4;

        private Op() {}
    }

    private Fields() {}
}
