package io.larch.tools.flags;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * YAML as etcd 3 reads it, which is YAML 1.1 as Go's yaml.v2 understands it, handed on as JSON:
 * {@code yes} and {@code off} are booleans, {@code 0x10}, {@code 1e2} and {@code 10_000} numbers.
 * Of a key that is there twice the last counts, and of several documents the first.
 */
final class GoYaml {
    private static final Tag PLAIN = new Tag("!plain");
    private static final Pattern TAB_BEHIND_KEY =
            Pattern.compile("^( *[A-Za-z0-9-]+:) *\\t[ \\t]*", Pattern.MULTILINE);
    private static final int MAX_DEPTH = 100;

    private static final Set<String> TRUE =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Pattern NO_NUMBER =
            Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private final String label;
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<String> doubled = new ArrayList<>();

    private GoYaml(final String label) {
        this.label = label;
    }

    /**
     * What was read.
     *
     * @param value null, a Boolean, a {@link BigInteger}, a {@link BigDecimal} that is no whole
     *     number, a String, a List or, in the order of the keys, a Map of such.
     * @param lines counted from 1, of the keys of the outermost map, and of those in it by {@code
     *     key.key}.
     * @param doubled such keys that are there more than once; the last counts.
     */
    record Document(Object value, Map<String, Integer> lines, List<String> doubled) {}

    /** What is wrong with a text that is to be YAML, in one line. */
    static final class BadYamlException extends Exception {
        private static final long serialVersionUID = 1L;

        BadYamlException(final String message) {
            super(message);
        }
    }

    /**
     * Reads the first document.
     *
     * @param label the file's name, for what is wrong.
     */
    static Document read(final String label, final String text) throws BadYamlException {
        final GoYaml yaml = new GoYaml(label);
        return new Document(yaml.read(text), yaml.lines, yaml.doubled);
    }

    private Object read(final String text) throws BadYamlException {
        final LoadSettings settings =
                LoadSettings.builder().setLabel(label).setSchema(new Unresolved()).build();
        try {
            final Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(spaced(text)).iterator();
            return documents.hasNext() ? value(documents.next(), 0, "") : null;
        } catch (final YamlEngineException e) {
            throw new BadYamlException(e.getMessage().strip().replaceAll("\\s*\\R\\s*", " "));
        }
    }

    /** The parser takes only spaces between a key and its value, and etcd tabs, too. */
    private static String spaced(final String text) {
        return TAB_BEHIND_KEY.matcher(text).replaceAll("$1 ");
    }

    /** Tells what was written without quotes and tag from all else, and decides nothing. */
    private static final class Unresolved extends FailsafeSchema {
        @Override
        public ScalarResolver getScalarResolver() {
            return (value, isImplicit) -> isImplicit ? PLAIN : Tag.STR;
        }
    }

    private BadYamlException bad(final Node node, final String problem) {
        return new BadYamlException(problem + " (" + label + ":" + line(node) + ")");
    }

    private static int line(final Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /**
     * @param path of the map around it, with a point behind; empty for the outermost.
     */
    private Object value(final Node node, final int depth, final String path)
            throws BadYamlException {
        if (depth > MAX_DEPTH) {
            throw bad(node, "too deep, or an anchor that contains itself");
        }
        if (node instanceof MappingNode mapping) {
            final Map<String, Object> map = new TreeMap<>();
            put(mapping, map, depth, path);
            return map;
        }
        if (node instanceof SequenceNode sequence) {
            final List<Object> list = new ArrayList<>();
            for (final Node item : sequence.getValue()) {
                list.add(value(item, depth + 1, path + "-."));
            }
            return list;
        }
        return scalar((ScalarNode) node);
    }

    private void put(
            final MappingNode mapping,
            final Map<String, Object> map,
            final int depth,
            final String path)
            throws BadYamlException {
        final Map<String, Object> merged = new TreeMap<>();
        final Map<String, Integer> own = new HashMap<>();
        for (final NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw bad(entry.getKeyNode(), "invalid map key");
            }
            if (key.getValue().equals("<<") && key.isPlain()) {
                merge(entry.getValueNode(), merged, depth, path);
                continue;
            }
            final Object name = scalar(key);
            if (name == null) {
                throw bad(key, "unsupported map key: null");
            }
            final String place = path + name;
            map.put(name.toString(), value(entry.getValueNode(), depth + 1, place + "."));
            if (own.put(place, line(key)) != null) {
                doubled.add(place);
            }
        }
        lines.putAll(own);
        merged.forEach(map::putIfAbsent);
    }

    private void merge(
            final Node node, final Map<String, Object> map, final int depth, final String path)
            throws BadYamlException {
        final List<Node> nodes =
                node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
        for (final Node each : nodes) {
            if (!(each instanceof MappingNode)
                    || !(value(each, depth + 1, path) instanceof Map<?, ?> m)) {
                throw bad(each, "map merge requires map or sequence of maps as the value");
            }
            m.forEach((key, value) -> map.putIfAbsent(key.toString(), value));
        }
    }

    private Object scalar(final ScalarNode node) throws BadYamlException {
        final String text = node.getValue();
        final Tag tag = node.getTag();
        if (tag.equals(PLAIN)) {
            return resolve(node);
        }
        if (tag.equals(Tag.BINARY)) {
            return decoded(node);
        }
        if (!Set.of(Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL).contains(tag)) {
            return text;
        }
        final Object value = resolve(node);
        final boolean isOfTag =
                tag.equals(Tag.NULL)
                        ? value == null
                        : tag.equals(Tag.BOOL)
                                ? value instanceof Boolean
                                : value instanceof BigInteger
                                        || value instanceof BigDecimal && tag.equals(Tag.FLOAT);
        if (!isOfTag) {
            throw bad(
                    node,
                    "cannot decode !!str `"
                            + text
                            + "` as a "
                            + tag.getValue().replace(Tag.PREFIX, "!!"));
        }
        return value;
    }

    private String decoded(final ScalarNode node) throws BadYamlException {
        try {
            return new String(
                    Base64.getDecoder().decode(node.getValue().replaceAll("\\s", "")),
                    StandardCharsets.UTF_8);
        } catch (final IllegalArgumentException e) {
            throw bad(node, "!!binary value contains invalid base64 data");
        }
    }

    private Object resolve(final ScalarNode node) throws BadYamlException {
        final String text = node.getValue();
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return TRUE.contains(text);
        }
        if (NULL.contains(text)) {
            return null;
        }
        if (NO_NUMBER.matcher(text).matches()) {
            throw bad(node, "json: unsupported value: " + text);
        }
        final char first = text.charAt(0);
        if (first >= '0' && first <= '9' || first == '+' || first == '-' || first == '.') {
            final Object number = number(first == '.' ? text : text.replace("_", ""));
            if (number != null) {
                return number;
            }
        }
        return text;
    }

    /** A number, or null for a text that only begins like one. */
    private static Object number(final String text) {
        try {
            return BigInteger.valueOf(GoNumber.signed(text));
        } catch (final NumberFormatException | ArithmeticException e) {
            // Perhaps without sign, or broken.
        }
        try {
            return GoNumber.unsigned(text, Long.SIZE);
        } catch (final NumberFormatException | ArithmeticException e) {
            // Perhaps broken.
        }
        if (!FLOAT.matcher(text).matches() || Double.isInfinite(Double.parseDouble(text))) {
            return null;
        }
        final BigDecimal number = new BigDecimal(Double.toString(Double.parseDouble(text)));
        try {
            return number.toBigIntegerExact();
        } catch (final ArithmeticException e) {
            return number.stripTrailingZeros();
        }
    }
}
