package io.larch.engine.raft;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The commands of a story; the README beside the core lists them. */
final class StoryCommands {
    private final Map<String, Consumer<List<String>>> commands = new HashMap<>();
    private final Map<String, Long> positions = new HashMap<>();
    private final StoryOptions options = new StoryOptions();
    private final SimWorld world;
    private long nextRead = 1;

    StoryCommands(final Set<Rule> broken, final boolean isTracing) {
        world = new SimWorld(broken, isTracing);
        addGroup();
        addTime();
        addRequests();
        addDisks();
        addNetwork();
    }

    List<String> trace() {
        return world.trace();
    }

    /** Carries out one line. */
    void run(final String line) {
        final List<String> words = List.of(line.trim().split("\\s+"));
        final Consumer<List<String>> command = commands.get(words.get(0));
        if (command == null) {
            throw new IllegalArgumentException("not a command");
        }
        command.accept(words.subList(1, words.size()));
    }

    private void on(final String name, final Consumer<List<String>> command) {
        commands.put(name, command);
    }

    /** A command for the members named first, or for {@code all}; down ones do not hear it. */
    private void each(final String name, final BiConsumer<SimNode, List<String>> command) {
        on(
                name,
                words -> {
                    final List<String> rest = words.subList(1, words.size());
                    for (final SimMember member : members(words.get(0))) {
                        world.act(member, node -> command.accept(node, rest));
                    }
                });
    }

    private List<SimMember> members(final String word) {
        if (word.equals("all")) {
            return List.copyOf(world.members());
        }
        return Arrays.stream(word.split(",")).map(Long::parseLong).map(world::member).toList();
    }

    private void addGroup() {
        on("strict", words -> world.beStrict());
        on("options", words -> words.forEach(options::set));
        on(
                "members",
                words -> {
                    final ConfState conf = conf(words);
                    for (final long id : conf.members()) {
                        world.add(options.config(id), conf);
                    }
                });
        on(
                "add",
                words -> {
                    final ConfState conf = conf(words.subList(2, words.size()));
                    world.add(options.config(Long.parseLong(words.get(0))), conf);
                });
        on("load", this::load);
        on("show", words -> members(word(words, 0, "all")).forEach(SimMember::show));
        on("trace", words -> world.traceMessages(words.get(0).equals("messages")));
        on("messages", words -> world.network().forEach(p -> world.note(SimTrace.describe(p))));
        on("settle", words -> SimSettle.settle(world));
    }

    private static String word(final List<String> words, final int at, final String otherwise) {
        return at < words.size() ? words.get(at) : otherwise;
    }

    private static ConfState conf(final List<String> words) {
        final int at = words.indexOf("learners");
        final long[] voters = ids(at < 0 ? words : words.subList(0, at));
        final long[] learners = at < 0 ? new long[0] : ids(words.subList(at + 1, words.size()));
        return new ConfState(voters, new long[0], learners, new long[0], false);
    }

    private static long[] ids(final List<String> words) {
        return words.stream().mapToLong(Long::parseLong).toArray();
    }

    private void load(final List<String> words) {
        for (final SimMember member : members(words.get(0))) {
            final int before = trace().size();
            world.act(member, node -> load(node, words.subList(1, words.size())));
            trace().subList(before, trace().size()).clear();
        }
    }

    private static void load(final SimNode node, final List<String> words) {
        final Map<String, String> given = StoryMessages.slots(words);
        final List<SimLogStorage.Entry> entries = new ArrayList<>();
        for (final long term : StoryMessages.terms(given)) {
            entries.add(SimCluster.entry(term, "e" + (entries.size() + 1) + "t" + term));
        }
        final HardState hardState =
                new HardState(
                        StoryMessages.number(given, "term"),
                        StoryMessages.number(given, "vote"),
                        StoryMessages.number(given, "commit"));
        node.load(hardState, null, entries);
        node.pump();
    }

    private void addTime() {
        each("campaign", (node, words) -> node.campaign());
        on(
                "elect",
                words -> {
                    world.act(members(words.get(0)).get(0), SimNode::campaign);
                    world.deliverAll(SimNetwork.Pattern.ANY, false);
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
                    for (int i = count(word(words, 1, "1")); i > 0; i--) {
                        members(words.get(0)).forEach(member -> world.act(member, SimNode::tick));
                    }
                });
        on(
                "run",
                words -> {
                    for (int i = count(words.get(0)); i > 0; i--) {
                        world.members().forEach(member -> world.act(member, SimNode::tick));
                        world.deliverAll(SimNetwork.Pattern.ANY, false);
                    }
                });
        each("gap", (node, words) -> node.gap(count(words.get(0))));
    }

    private static int count(final String word) {
        return Integer.parseInt(word.startsWith("x") ? word.substring(1) : word);
    }

    private void addRequests() {
        each(
                "propose",
                (node, names) -> {
                    for (final String name : names) {
                        final byte[] body = name.getBytes(StandardCharsets.UTF_8);
                        tell(node, node.propose(body), true);
                    }
                });
        each("change", (node, words) -> tell(node, node.proposeConfChange(change(words)), true));
        each("read", this::read);
        each(
                "transfer",
                (node, words) -> tell(node, node.transfer(Long.parseLong(words.get(0))), false));
        each("unreachable", (node, words) -> node.unreachable(Long.parseLong(words.get(0))));
    }

    private static ConfChange change(final List<String> words) {
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
                    case '=' -> ConfChange.Op.UPDATE;
                    case '_' -> ConfChange.Op.ADD_HELD_LEARNER;
                    case '^' -> ConfChange.Op.PROMOTE;
                    default -> throw new IllegalArgumentException("not a change: " + word);
                };
        return new ConfChange.Step(op, Long.parseLong(word.substring(1)));
    }

    private void read(final SimNode node, final List<String> words) {
        final long id = words.isEmpty() ? nextRead++ : Long.parseLong(words.get(0).substring(1));
        world.noteRead(id);
        tell(node, node.readIndex(id), false);
    }

    private void tell(final SimNode node, final long result, final boolean isProposal) {
        if (result < 0) {
            world.note(node.id() + ": " + nameOf(result));
        } else if (isProposal) {
            world.note(node.id() + ": appends " + result + "/" + node.core().term());
        }
    }

    /** The name of a negative result. */
    private static String nameOf(final long result) {
        if (ProposalResult.reason(result) != 0) {
            return "not admitted for reason " + ProposalResult.reason(result);
        }
        try {
            for (final Field field : ProposalResult.class.getFields()) {
                if (field.getInt(null) == result) {
                    return field.getName().toLowerCase(Locale.ROOT).replace('_', ' ');
                }
            }
        } catch (final IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return "result " + result;
    }

    private void addDisks() {
        each("disk", (node, words) -> node.diskManual(words.get(0).equals("hold")));
        each("apply", (node, words) -> node.holdApply(words.get(0).equals("hold")));
        each("install", (node, words) -> node.holdInstall(words.get(0).equals("hold")));
        on(
                "position",
                words -> {
                    final SimNode node = members(words.get(0)).get(0).node();
                    positions.put(words.get(1), node.log().position());
                });
        each("sync", (node, words) -> node.syncTo(position(words, 0, node.log().position())));
        each(
                "compact",
                (node, words) -> {
                    final long safe = node.core().compactableIndex();
                    node.compact(words.isEmpty() ? safe : Long.parseLong(words.get(0)));
                });
        each("fill", (node, words) -> node.log().fill());
        on("crash", words -> crash(words, false));
        on("down", words -> crash(words, true));
        on("lost", this::lose);
        on("up", words -> members(words.get(0)).forEach(world::start));
    }

    private long position(final List<String> words, final int at, final long otherwise) {
        if (at >= words.size()) {
            return otherwise;
        }
        final Long named = positions.get(words.get(at));
        return named == null ? Long.parseLong(words.get(at)) : named;
    }

    private void crash(final List<String> words, final boolean staysDown) {
        for (final SimMember member : members(words.get(0))) {
            final long durable = member.node().log().durablePosition();
            world.crash(member, position(words, 1, durable), staysDown);
        }
    }

    /** The disk is found damaged at the next start: the member is gone for good. */
    private void lose(final List<String> words) {
        crash(words, true);
        members(words.get(0)).forEach(SimMember::loseDisk);
    }

    private void addNetwork() {
        final SimNetwork network = world.network();
        on(
                "deliver",
                words -> {
                    final SimNetwork.Pattern pattern = SimNetwork.Pattern.of(words);
                    if (pattern.place() >= 0) {
                        network.take(pattern, true).forEach(world::deliver);
                    } else {
                        world.deliverAll(pattern, !words.isEmpty());
                    }
                });
        on("lose", words -> network.take(SimNetwork.Pattern.of(words), true));
        on(
                "repeat",
                words -> {
                    final SimNetwork.Pattern pattern = SimNetwork.Pattern.of(words);
                    final List<SimNode.Packet> packets = network.take(pattern, true);
                    packets.forEach(network::add);
                    packets.forEach(world::deliver);
                });
        on("hold", words -> network.hold(SimNetwork.Pattern.of(words)));
        on("free", words -> network.free());
        on("cut", words -> network.cut(SimNetwork.Pattern.of(words)));
        on("isolate", words -> words.forEach(id -> split(List.of(id, "*"))));
        on("split", this::split);
        on("heal", words -> network.heal());
        on(
                "inject",
                words -> {
                    final SimNode.Packet packet = StoryMessages.parse(words);
                    world.act(world.member(packet.to()), node -> node.step(packet));
                });
        on(
                "clog",
                words -> {
                    final SimNetwork.Pattern pattern = SimNetwork.Pattern.of(words);
                    world.member(pattern.from()).node().clog(pattern::fits);
                });
        each("unclog", (node, words) -> node.clog(packet -> false));
    }

    /** Two sides do not hear each other. */
    private void split(final List<String> sides) {
        for (final String one : sides.get(0).split(",")) {
            for (final String other : sides.get(1).split(",")) {
                world.network().cut(SimNetwork.Pattern.of(List.of(one + "->" + other)));
                world.network().cut(SimNetwork.Pattern.of(List.of(other + "->" + one)));
            }
        }
    }
}
