package io.larch.tools.faults;

/**
 * A request that was not answered as it should be.
 *
 * @param member name of the member that was asked.
 * @param what the request.
 * @param answer a reply, or what happened to the connection.
 */
record Failure(String member, String what, long calledNs, long returnedNs, String answer) {
    /** Whether a member said so, rather than the connection to it. */
    boolean isAnswered() {
        return answer.startsWith("500") || answer.startsWith("503");
    }
}
