package io.larch.tools.system;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** A test of Larch and of etcd; etcd is left out where Larch runs once more with other flags. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(EachProduct.Source.class)
public @interface EachProduct {
    /** The products. */
    final class Source implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                final ParameterDeclarations parameters, final ExtensionContext context) {
            return Stream.of(Product.values())
                    .filter(product -> product == Product.LARCH || Servers.extraFlags().isEmpty())
                    .map(Arguments::of);
        }
    }
}
