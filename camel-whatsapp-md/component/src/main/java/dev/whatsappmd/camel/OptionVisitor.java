package dev.whatsappmd.camel;

import org.jspecify.annotations.Nullable;

/** Sees every option of a configuration. */
interface OptionVisitor {
    /**
     * @param value null when the option is not set
     * @return what the option's value is to be from now on; mostly the same
     */
    <T> @Nullable T visit(String name, @Nullable T value);
}
