package io.larch.engine;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import java.util.function.Consumer;

/** Asks for a change of the membership, as clients do. */
public record ChangeQuery(Query.MemberChange change, Consumer<QueryViews.MemberChanged> onAnswer)
        implements Query<QueryViews.MemberChanged> {
    @Override
    public Kind kind() {
        return Kind.CHANGE_MEMBERS;
    }

    @Override
    public void answer(final QueryViews.MemberChanged result) {
        onAnswer.accept(result);
    }
}
