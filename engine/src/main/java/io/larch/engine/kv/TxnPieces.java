package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** The fields of a TxnResponse but its header, of a transaction that only reads, of any length. */
final class TxnPieces implements Piece, Txn.Visitor {
    private final MvccStore store;
    private final long revision;
    private final List<RangePiece> ranges = new ArrayList<>();
    private final Deque<Node> open = new ArrayDeque<>();

    /** What is written, in order; made when all lengths are known. */
    private final List<Piece> pieces = new ArrayList<>();

    private Node root;
    private int prepared;
    private int at;
    private long length;

    /** A transaction with its operations, which are ranges or transactions. */
    private static final class Node {
        private final boolean succeeded;
        private final List<Object> operations = new ArrayList<>();
        private long length;

        Node(final boolean succeeded) {
            this.succeeded = succeeded;
        }
    }

    /**
     * @param revision to read at where a range does not say.
     */
    TxnPieces(final MvccStore store, final long revision) {
        this.store = store;
        this.revision = revision;
    }

    @Override
    public void begin(final boolean succeeded) {
        final Node node = new Node(succeeded);
        if (open.isEmpty()) {
            root = node;
        } else {
            open.peek().operations.add(node);
        }
        open.push(node);
    }

    @Override
    public void range(final DirectBuffer buffer, final int offset, final int messageLength) {
        final RangePiece piece = new RangePiece(store, buffer, offset, messageLength, revision);
        ranges.add(piece);
        open.peek().operations.add(piece);
    }

    @Override
    public void end() {
        open.pop();
    }

    @Override
    public Step prepare(final int maxSteps) {
        int left = maxSteps;
        while (prepared < ranges.size()) {
            if (left <= 0) {
                return Step.PAUSED;
            }
            final RangePiece range = ranges.get(prepared);
            final Step step = range.prepare(left);
            if (step != Step.END) {
                return step;
            }
            left = range.stepsLeft();
            prepared++;
        }
        if (pieces.isEmpty()) {
            length = measure(root);
            lay(root);
        }
        return Step.END;
    }

    private long measure(final Node node) {
        node.length = ProtoWriter.numberLength(Txn.SUCCEEDED, node.succeeded ? 1 : 0);
        for (final Object operation : node.operations) {
            final long inner =
                    operation instanceof Node child
                            ? bodyLength(child, true)
                            : bodyLength(operation);
            final long response = NestedMessage.headLength(kind(operation), inner) + inner;
            node.length += NestedMessage.headLength(Txn.RESPONSES, response) + response;
        }
        return node.length;
    }

    private long bodyLength(final Node child, final boolean isToMeasure) {
        return ProtoWriter.elementLength(Txn.HEADER, 0)
                + (isToMeasure ? measure(child) : child.length);
    }

    private long bodyLength(final Object range) {
        return Txn.headerLength(revision) + ((RangePiece) range).length();
    }

    private static int kind(final Object operation) {
        return operation instanceof Node ? Txn.TXN : Txn.RANGE;
    }

    private void lay(final Node node) {
        final ExpandableArrayBuffer head = new ExpandableArrayBuffer(16);
        bytes(head, ProtoWriter.flag(head, 0, Txn.SUCCEEDED, node.succeeded));
        for (final Object operation : node.operations) {
            final long inner =
                    operation instanceof Node child
                            ? bodyLength(child, false)
                            : bodyLength(operation);
            final long response = NestedMessage.headLength(kind(operation), inner) + inner;
            final ExpandableArrayBuffer heads = new ExpandableArrayBuffer(32);
            int end = NestedMessage.head(heads, 0, Txn.RESPONSES, response);
            end = NestedMessage.head(heads, end, kind(operation), inner);
            if (operation instanceof Node child) {
                bytes(heads, Txn.emptyHeader(heads, end));
                lay(child);
            } else {
                bytes(heads, Txn.header(heads, end, revision));
                pieces.add((RangePiece) operation);
            }
        }
    }

    private void bytes(final DirectBuffer bytes, final int count) {
        if (count > 0) {
            pieces.add(new BytesPiece(bytes, count));
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isWritten() {
        return at == pieces.size();
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        int end = offset;
        int left = maxSteps;
        while (!isWritten() && end - offset < maxLength && left > 0) {
            final Piece piece = pieces.get(at);
            final int before = end;
            end = piece.write(target, end, maxLength - (end - offset), left);
            if (end < 0) {
                return end;
            }
            left = piece instanceof RangePiece range ? range.stepsLeft() : left;
            if (piece.isWritten()) {
                at++;
            } else if (end == before) {
                break;
            }
        }
        return end;
    }

    @Override
    public long heldBytes() {
        long bytes = 0;
        for (final RangePiece range : ranges) {
            bytes += range.heldBytes();
        }
        return bytes;
    }
}
