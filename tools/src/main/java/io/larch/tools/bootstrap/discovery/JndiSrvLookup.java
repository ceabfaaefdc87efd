package io.larch.tools.bootstrap.discovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** SRV records from the DNS servers of this machine, or of one server, by the JDK's own client. */
public final class JndiSrvLookup implements SrvLookup {
    private static final String SRV = "SRV";
    private static final int FIELDS = 4;

    private final String serverUrl;

    /** Asks the servers that the machine is set up with. */
    public JndiSrvLookup() {
        this("dns:");
    }

    /**
     * @param serverUrl as {@code dns://127.0.0.1:53}.
     */
    JndiSrvLookup(final String serverUrl) {
        this.serverUrl = serverUrl;
    }

    private record Record(int priority, int weight, Target target) {}

    @Override
    public List<Target> lookup(final String name) throws NoRecordsException {
        final List<Record> records = new ArrayList<>();
        try {
            final DirContext context = new InitialDirContext(environment());
            try {
                final Attribute attribute =
                        context.getAttributes(name, new String[] {SRV}).get(SRV);
                if (attribute != null) {
                    read(attribute, records);
                }
            } finally {
                context.close();
            }
        } catch (final NamingException e) {
            throw new NoRecordsException("lookup " + name + ": " + e.getMessage());
        }
        if (records.isEmpty()) {
            throw new NoRecordsException("lookup " + name + ": no such host");
        }
        return records.stream()
                .sorted(
                        Comparator.comparingInt(Record::priority)
                                .thenComparing(Record::weight, Comparator.reverseOrder()))
                .map(Record::target)
                .toList();
    }

    /** A Hashtable, since the interface is older than Map. */
    private Hashtable<String, String> environment() {
        final Hashtable<String, String> environment = new Hashtable<>();
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put("java.naming.provider.url", serverUrl);
        environment.put("com.sun.jndi.dns.timeout.initial", "1000");
        environment.put("com.sun.jndi.dns.timeout.retries", "3");
        return environment;
    }

    private static void read(final Attribute attribute, final List<Record> records)
            throws NamingException, NoRecordsException {
        final NamingEnumeration<?> values = attribute.getAll();
        while (values.hasMore()) {
            final String text = String.valueOf(values.next());
            final String[] fields = text.split(" ");
            if (fields.length != FIELDS) {
                throw new NoRecordsException("not an SRV record: " + text);
            }
            final String host = fields[3];
            records.add(
                    new Record(
                            Integer.parseInt(fields[0]),
                            Integer.parseInt(fields[1]),
                            new Target(
                                    host.endsWith(".")
                                            ? host.substring(0, host.length() - 1)
                                            : host,
                                    Integer.parseInt(fields[2]))));
        }
    }
}
