package dev.whatsappmd.localserver.kill;

/** One delivery as the consumer saw it. */
record SeenMessage(String deliveryId, boolean redelivered, String kind, String id, String text) {
    String toLine() {
        return String.join("\t", deliveryId, Boolean.toString(redelivered), kind, id, text);
    }

    static SeenMessage parse(String line) {
        String[] parts = line.split("\t", 5);
        return new SeenMessage(parts[0], Boolean.parseBoolean(parts[1]), parts[2], parts[3], parts[4]);
    }
}
