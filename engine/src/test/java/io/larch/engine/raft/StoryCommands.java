package io.larch.engine.raft;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The commands of a story; {@code engine/README.md} lists them. */
final class StoryCommands {
    static final long CLUSTER_ID = 0xc1;

    private final Map<String, BiConsumer<String, List<String>>> commands = new HashMap<>();
    private final TreeMap<String, String> options = new TreeMap<>();
    private final Map<String, Long> positions = new HashMap<>();
    private final StoryWorld world;
    private long nextRead = 1;

    StoryCommands(final Set<Rule> broken) {
        world = new StoryWorld(broken);
        addGroup();
        addMembers();
        addDisks();
        addNetwork();
    }

    List<String> trace() {
        return world.trace();
    }

    /** Carries out one line. */
    void run(final String line) {
        final List<String> words = List.of(line.trim().split("\\s+"));
        final BiConsumer<String, List<String>> command = commands.get(words.get(0));
        if (command == null) {
            throw new IllegalArgumentException("not a command: " + line);
        }
        command.accept(line, words.subList(1, words.size()));
    }

    private void on(final String name, final Consumer<List<String>> command) {
        commands.put(name, (line, words) -> command.accept(words));
    }

    /** A command that acts on the members named first, or on {@code all}. */
    private void each(final String name, final BiConsumer<SimNode, List<String>> command) {
        on(
                name,
                words -> {
                    for (final long id : ids(words.get(0))) {
                        world.act(id, node -> command.accept(node, words.subList(1, words.size())));
                    }
                });
    }

    private List<Long> ids(final String word) {
        if (word.equals("all")) {
            return List.copyOf(world.ids());
        }
        return Arrays.stream(word.split(",")).map(Long::parseLong).toList();
    }

    private static ConfState conf(final List<String> words) {
        final List<List<Long>> parts = new ArrayList<>(List.of(new ArrayList<>()));
        for (final String word : words) {
            if (word.equals("learners")) {
                parts.add(new ArrayList<>());
            } else {
                parts.get(parts.size() - 1).add(Long.parseLong(word));
            }
        }
        final long[] learners = parts.size() > 1 ? array(parts.get(1)) : new long[0];
        return new ConfState(array(parts.get(0)), new long[0], learners, new long[0], false);
    }

    private static long[] array(final List<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }

    private void addGroup() {
        on("options", words -> words.forEach(this::setOption));
        on(
                "members",
                words -> {
                    final ConfState conf = conf(words);
                    for (final long id : conf.members()) {
                        world.add(config(id), conf);
                    }
                });
        on(
                "add",
                words ->
                        world.add(
                                config(Long.parseLong(words.get(0))),
                                conf(words.subList(2, words.size()))));
        on(
                "load",
                words ->
                        ids(words.get(0))
                                .forEach(
                                        id ->
                                                world.quietly(
                                                        id,
                                                        node ->
                                                                load(
                                                                        node,
                                                                        words.subList(
                                                                                1,
                                                                                words.size())))));
        on("show", words -> ids(words.isEmpty() ? "all" : words.get(0)).forEach(world::show));
        on("trace", words -> world.traceMessages(words.get(0).equals("messages")));
        on("messages", words -> world.network().forEach(p -> note(StoryNetwork.describe(p))));
    }

    private void note(final String text) {
        world.note(text);
    }

    private void setOption(final String word) {
        final int equals = word.indexOf('=');
        options.put(word.substring(0, equals), word.substring(equals + 1));
    }

    private RaftConfig config(final long id) {
        final RaftConfig config =
                new RaftConfig()
                        .id(id)
                        .clusterId(number("cluster", CLUSTER_ID))
                        .seed(id)
                        .electionTicks((int) number("election", 10))
                        .heartbeatTicks((int) number("heartbeat", 2))
                        .electionTimer(isOn("timers", false))
                        .preVote(isOn("prevote", true))
                        .checkQuorum(isOn("checkquorum", true))
                        .leaseReads(isOn("lease", false))
                        .autoPromote(isOn("promote", false))
                        .maxInflightMessages((int) number("inflight", 256))
                        .maxAppendEntries((int) number("batch", 64))
                        .maxUncommittedBytes(number("uncommitted", 0))
                        .maxEntryBytes((int) number("entry", 1000))
                        .promotionLag(number("lag", 3));
        return config;
    }

    private long number(final String name, final long otherwise) {
        final String value = options.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    private boolean isOn(final String name, final boolean otherwise) {
        final String value = options.get(name);
        return value == null ? otherwise : value.equals("on");
    }

    private static void load(final SimNode node, final List<String> words) {
        final Map<String, String> given = new HashMap<>();
        for (final String word : words) {
            final int equals = word.indexOf('=');
            given.put(word.substring(0, equals), word.substring(equals + 1));
        }
        final List<SimLogStorage.Entry> entries = new ArrayList<>();
        final String terms = given.getOrDefault("terms", "");
        for (final String term : terms.isEmpty() ? new String[0] : terms.split(",")) {
            final String name = "e" + (entries.size() + 1) + "t" + term;
            entries.add(SimCluster.entry(Long.parseLong(term), name));
        }
        final HardState hardState =
                new HardState(
                        Long.parseLong(given.get("term")),
                        Long.parseLong(given.getOrDefault("vote", "0")),
                        Long.parseLong(given.getOrDefault("commit", "0")));
        node.load(hardState, null, entries);
        node.pump();
    }

    private void addMembers() {
        each("campaign", (node, words) -> node.campaign());
        on(
                "elect",
                words -> {
                    world.act(Long.parseLong(words.get(0)), SimNode::campaign);
                    world.deliverAll(StoryNetwork.Pattern.ANY, false);
                });
        on(
                "lead",
                words -> {
                    final int before = trace().size();
                    run("elect " + words.get(0));
                    trace().subList(before, trace().size()).clear();
                });
        on(
                "tick",
                words -> {
                    for (int i = words.size() > 1 ? count(words.get(1)) : 1; i > 0; i--) {
                        ids(words.get(0)).forEach(id -> world.act(id, SimNode::tick));
                    }
                });
        on(
                "run",
                words -> {
                    for (int i = count(words.get(0)); i > 0; i--) {
                        world.ids().forEach(id -> world.act(id, SimNode::tick));
                        world.deliverAll(StoryNetwork.Pattern.ANY, false);
                    }
                });
        each("gap", (node, words) -> node.gap(count(words.get(0))));
        each("propose", this::propose);
        each("change", this::change);
        each("read", this::read);
        each(
                "transfer",
                (node, words) -> result(node, node.transfer(Long.parseLong(words.get(0))), false));
        each("apply", (node, words) -> node.holdApply(words.get(0).equals("hold")));
        each("install", (node, words) -> node.holdInstall(words.get(0).equals("hold")));
        each("unreachable", (node, words) -> node.unreachable(Long.parseLong(words.get(0))));
    }

    private static int count(final String word) {
        return Integer.parseInt(word.startsWith("x") ? word.substring(1) : word);
    }

    private void propose(final SimNode node, final List<String> names) {
        for (final String name : names) {
            result(node, node.propose(name.getBytes(StandardCharsets.UTF_8)), true);
        }
    }

    private void change(final SimNode node, final List<String> words) {
        result(node, node.proposeConfChange(parse(words)), true);
    }

    static ConfChange parse(final List<String> words) {
        ConfChange.Transition transition = ConfChange.Transition.AUTO;
        final List<ConfChange.Step> steps = new ArrayList<>();
        for (final String word : words) {
            switch (word) {
                case "leave" -> transition = ConfChange.Transition.LEAVE;
                case "explicit" -> transition = ConfChange.Transition.EXPLICIT;
                default -> steps.add(step(word));
            }
        }
        return new ConfChange(transition, steps, new byte[0]);
    }

    private static ConfChange.Step step(final String word) {
        final ConfChange.Op op =
                switch (word.charAt(0)) {
                    case '+' -> ConfChange.Op.ADD_VOTER;
                    case '-' -> ConfChange.Op.REMOVE;
                    case '~' -> ConfChange.Op.ADD_LEARNER;
                    default -> throw new IllegalArgumentException("not a change: " + word);
                };
        return new ConfChange.Step(op, Long.parseLong(word.substring(1)));
    }

    private void read(final SimNode node, final List<String> words) {
        final long id = words.isEmpty() ? nextRead++ : Long.parseLong(words.get(0).substring(1));
        world.read(node.id(), id);
        result(node, node.readIndex(id), false);
    }

    private void result(final SimNode node, final long result, final boolean isProposal) {
        if (result < 0) {
            note(node.id() + ": " + nameOf(result));
        } else if (isProposal) {
            note(node.id() + ": appends " + result + "/" + node.core().term());
        }
    }

    /** The name of a negative result. */
    private static String nameOf(final long result) {
        try {
            for (final Field field : ProposalResult.class.getFields()) {
                if (field.getInt(null) == result) {
                    return field.getName().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
                }
            }
        } catch (final IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return "result " + result;
    }

    private void addDisks() {
        each("disk", (node, words) -> node.diskManual(words.get(0).equals("hold")));
        on("position", words -> positions.put(words.get(1), node(words).log().position()));
        each("sync", (node, words) -> node.syncTo(position(node, words, node.log().position())));
        each(
                "compact",
                (node, words) ->
                        node.compact(
                                words.isEmpty()
                                        ? node.core().compactableIndex()
                                        : Long.parseLong(words.get(0))));
        on("crash", words -> ids(words.get(0)).forEach(id -> crash(id, words, false)));
        on("down", words -> ids(words.get(0)).forEach(id -> crash(id, words, true)));
        on("up", words -> ids(words.get(0)).forEach(world::start));
    }

    private SimNode node(final List<String> words) {
        return world.node(Long.parseLong(words.get(0)));
    }

    private long position(final SimNode node, final List<String> words, final long otherwise) {
        if (words.isEmpty()) {
            return otherwise;
        }
        final Long named = positions.get(words.get(0));
        return named == null ? Long.parseLong(words.get(0)) : named;
    }

    private void crash(final long id, final List<String> words, final boolean isDown) {
        final SimNode node = world.node(id);
        final long durable = node.log().durablePosition();
        world.crash(id, position(node, words.subList(1, words.size()), durable), isDown);
    }

    private void addNetwork() {
        final StoryNetwork network = world.network();
        on(
                "deliver",
                words -> {
                    final StoryNetwork.Pattern pattern = StoryNetwork.Pattern.of(words);
                    if (pattern.place() >= 0) {
                        world.deliver(network.take(pattern, true));
                    } else {
                        world.deliverAll(pattern, !words.isEmpty());
                    }
                });
        on("lose", words -> network.take(StoryNetwork.Pattern.of(words), true));
        on(
                "repeat",
                words -> {
                    final List<SimNode.Packet> packets =
                            network.take(StoryNetwork.Pattern.of(words), true);
                    packets.forEach(network::add);
                    world.deliver(packets);
                });
        on("hold", words -> network.hold(StoryNetwork.Pattern.of(words)));
        on("free", words -> network.free());
        on("cut", words -> network.cut(StoryNetwork.Pattern.of(words)));
        on("isolate", words -> words.forEach(this::isolate));
        on("split", this::split);
        on("heal", words -> network.heal());
        on(
                "inject",
                words -> {
                    final SimNode.Packet packet = StoryMessages.parse(words);
                    world.act(packet.to(), node -> node.step(packet));
                });
        on(
                "clog",
                words -> {
                    final StoryNetwork.Pattern pattern = StoryNetwork.Pattern.of(words);
                    world.node(pattern.from()).clog(pattern::fits);
                });
        on("unclog", words -> world.ids().forEach(id -> world.node(id).clog(packet -> false)));
    }

    /** Two sides do not hear each other. */
    private void split(final List<String> sides) {
        for (final long one : ids(sides.get(0))) {
            for (final long other : ids(sides.get(1))) {
                world.network().cut(StoryNetwork.Pattern.of(List.of(one + "->" + other)));
                world.network().cut(StoryNetwork.Pattern.of(List.of(other + "->" + one)));
            }
        }
    }

    private void isolate(final String id) {
        world.network().cut(StoryNetwork.Pattern.of(List.of(id + "->*")));
        world.network().cut(StoryNetwork.Pattern.of(List.of("*->" + id)));
    }
}
