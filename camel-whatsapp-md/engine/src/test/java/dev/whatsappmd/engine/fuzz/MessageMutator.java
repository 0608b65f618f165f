package dev.whatsappmd.engine.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages protobuf messages field by field: what comes of it parses, and says something else. */
public final class MessageMutator {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        0x7f,
        0x3fff,
        0x4000,
        1_000_000_000,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        31_556_889_864_403_199L,
        31_556_889_864_403_200L,
        -31_557_014_167_219_200L,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final List<String> TEXTS = List.of(
            "", "@", "a@b", "1:70000@lid", "4915550001234:7@s.whatsapp.net", "\u0000", "日本語", "x".repeat(3_000));

    private final RandomGenerator random;

    public MessageMutator(RandomGenerator random) {
        this.random = random;
    }

    /** The message with one to four fields set, cleared or altered, each somewhere in it. */
    @SuppressWarnings("unchecked")
    public <M extends Message> M mutate(M message) {
        Message.Builder builder = message.toBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            somewhere(builder);
        }
        return (M) builder.build();
    }

    private void somewhere(Message.Builder builder) {
        List<FieldDescriptor> fields = builder.getDescriptorForType().getFields();
        if (fields.isEmpty()) {
            return;
        }
        FieldDescriptor field = fields.get(random.nextInt(fields.size()));
        if (field.isRepeated()) {
            builder.addRepeatedField(field, value(builder, field));
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && random.nextInt(6) > 0) {
            somewhere(builder.getFieldBuilder(field));
        } else if (random.nextInt(5) == 0) {
            builder.clearField(field);
        } else {
            builder.setField(field, value(builder, field));
        }
    }

    private Object value(Message.Builder builder, FieldDescriptor field) {
        long number = random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong();
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> (float) number;
            case DOUBLE -> (double) number;
            case BOOLEAN -> number > 0;
            case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
            case BYTE_STRING -> bytes();
            case ENUM -> constant(field.getEnumType());
            case MESSAGE -> builder.newBuilderForField(field).build();
        };
    }

    private Object constant(EnumDescriptor type) {
        return type.getValues().get(random.nextInt(type.getValues().size()));
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextBoolean() ? 32 : random.nextInt(80)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
