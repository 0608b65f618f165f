package dev.whatsappmd.engine.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.node.Node;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.zip.Deflater;

/** What inputs are made from: the golden vectors. */
public final class Corpus {
    private Corpus() {}

    /** Frames as they come out of decryption, flags byte first: every encoded stanza of the vectors, damaged ones too. */
    static List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        for (JsonNode c : Vectors.cases("binary-node.json")) {
            if (c.has("encoded")) {
                frames.add(Vectors.b64(c.path("encoded")));
            }
        }
        for (String file : List.of("stream-errors.json", "pairing.json", "message.json")) {
            Vectors.cases(file).forEach(c -> addBytes(c, frames));
        }
        return frames;
    }

    /** Stanzas a server sends: of the message, pairing and stream-error vectors, and whatever the codec vectors hold. */
    public static List<Node> stanzas() {
        List<Node> stanzas = new ArrayList<>();
        for (String file : List.of("stream-errors.json", "pairing.json", "message.json")) {
            Vectors.cases(file).forEach(c -> addNodes(c, stanzas));
        }
        for (JsonNode c : Vectors.cases("binary-node.json", "roundtrip")) {
            if (c.path("node").path("content").size() < 100) {
                stanzas.add(Vectors.node(c.path("node")));
            }
        }
        return stanzas;
    }

    private static void addBytes(JsonNode json, List<byte[]> frames) {
        json.fields().forEachRemaining(field -> {
            boolean stanza =
                    field.getKey().equals("nodeBytes") || field.getKey().equals("stanzaBytes");
            if (stanza && field.getValue().isTextual()) {
                frames.add(Base64.getDecoder().decode(field.getValue().asText()));
            }
        });
        for (JsonNode child : json) {
            addBytes(child, frames);
        }
    }

    /** Every node JSON in there, outermost ones only. */
    private static void addNodes(JsonNode json, List<Node> stanzas) {
        if (json.path("tag").isTextual() && json.has("attrs")) {
            stanzas.add(Vectors.node(json));
            return;
        }
        for (Iterator<JsonNode> children = json.elements(); children.hasNext(); ) {
            addNodes(children.next(), stanzas);
        }
    }

    /** A frame with the flag for zlib and these bytes deflated. */
    static byte[] deflated(byte[] bytes, int from) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes, from, bytes.length - from);
            deflater.finish();
            byte[] frame = new byte[64 + bytes.length + bytes.length / 100];
            frame[0] = 2;
            int length = 1;
            while (!deflater.finished()) {
                length += deflater.deflate(frame, length, frame.length - length);
            }
            return java.util.Arrays.copyOf(frame, length);
        } finally {
            deflater.end();
        }
    }
}
