package dev.whatsappmd.engine.frame;

/** The byte stream is not what it should be; no frame after this point can be found. */
public class FrameException extends Exception {
    private static final long serialVersionUID = 1L;

    public FrameException(String message) {
        super(message);
    }
}
