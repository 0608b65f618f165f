package dev.whatsappmd.engine.fuzz;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Roughly how many bytes an object keeps alive: counted by walking, so that the number is the same each time. Looks into
 * the project's own objects, arrays, collections, maps, optionals and strings; anything else counts as one small object.
 */
public final class Weight {
    private static final int OBJECT = 16;
    private static final int ENTRY = 40;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> left = new ArrayDeque<>();
    private final Map<String, Long> bytes = new TreeMap<>();

    private Weight() {}

    /** Walks from the object. */
    public static Weight of(Object root) {
        Weight weight = new Weight();
        weight.later(root);
        while (!weight.left.isEmpty()) {
            weight.visit(weight.left.poll());
        }
        return weight;
    }

    /** All of it. */
    public long bytes() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    private void later(Object object) {
        if (object != null && seen.add(object)) {
            left.add(object);
        }
    }

    private void visit(Object object) {
        Class<?> type = object.getClass();
        if (object instanceof String text) {
            add(type, OBJECT + text.length());
        } else if (type.isArray()) {
            array(object, type);
        } else if (object instanceof Collection<?> all) {
            add(type, OBJECT + (long) ENTRY * all.size());
            all.forEach(this::later);
        } else if (object instanceof Map<?, ?> map) {
            add(type, OBJECT + (long) ENTRY * map.size());
            map.forEach((key, value) -> {
                later(key);
                later(value);
            });
        } else if (object instanceof Optional<?> optional) {
            add(type, OBJECT);
            optional.ifPresent(this::later);
        } else {
            add(type, OBJECT);
            if (type.getName().startsWith("dev.whatsappmd.") && !type.isEnum()) {
                fields(object, type);
            }
        }
    }

    private void array(Object array, Class<?> type) {
        int length = Array.getLength(array);
        add(type, OBJECT + (type == byte[].class ? 1L : 8L) * length);
        if (!type.getComponentType().isPrimitive()) {
            for (int i = 0; i < length; i++) {
                later(Array.get(array, i));
            }
        }
    }

    private void fields(Object object, Class<?> type) {
        for (Class<?> declaring = type; declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                add(type, 8);
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    later(value(field, object));
                }
            }
        }
    }

    private static Object value(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot look into " + field, e);
        }
    }

    private void add(Class<?> type, long count) {
        bytes.merge(type.isHidden() ? "lambda" : type.getSimpleName(), count, Long::sum);
    }

    /** The number, and what most of it is. */
    @Override
    public String toString() {
        return bytes() + " bytes, most of it "
                + bytes.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                        .limit(6)
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
