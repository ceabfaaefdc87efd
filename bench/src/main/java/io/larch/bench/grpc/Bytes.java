package io.larch.bench.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages as they are. */
final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    private static final class Known extends ByteArrayInputStream implements KnownLength {
        Known(final byte[] bytes) {
            super(bytes);
        }
    }

    @Override
    public InputStream stream(final byte[] value) {
        return new Known(value);
    }

    /** A message's length is known here, so that no more is allocated than its bytes. */
    @Override
    public byte[] parse(final InputStream stream) {
        try {
            return stream.readNBytes(stream.available());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
