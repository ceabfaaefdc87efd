package io.larch.engine;

import java.util.function.Consumer;

/** Asks for a change of the membership, as clients do. */
public record ChangeQuery(
        AdminQuery.MemberChange change, Consumer<AdminViews.MemberChanged> onAnswer)
        implements AdminQuery<AdminViews.MemberChanged> {
    @Override
    public Kind kind() {
        return Kind.CHANGE_MEMBERS;
    }

    @Override
    public void answer(final AdminViews.MemberChanged result) {
        onAnswer.accept(result);
    }
}
