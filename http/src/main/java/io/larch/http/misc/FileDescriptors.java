package io.larch.http.misc;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the operating system grants this process. */
final class FileDescriptors {
    private FileDescriptors() {}

    /** The largest number of open files; 0 where it is not known. */
    static long limit() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : 0;
    }
}
