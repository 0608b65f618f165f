package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a message is, whatever it is wrapped in. */
public enum MessageKind {
    /** Words, with or without a preview of a link. */
    TEXT("text"),
    IMAGE("image"),
    VIDEO("video"),
    /** A round video that plays at once. */
    VIDEO_NOTE("videoNote"),
    AUDIO("audio"),
    /** A recording of the sender's voice. */
    VOICE("voice"),
    DOCUMENT("document"),
    STICKER("sticker"),
    /** One contact or several. */
    CONTACT("contact"),
    LOCATION("location"),
    LIVE_LOCATION("liveLocation"),
    /** A sign put to another message, or taken away: then its text is empty. */
    REACTION("reaction"),
    POLL("poll"),
    /** A vote in a poll; encrypted once more. */
    POLL_VOTE("pollVote"),
    EVENT("event"),
    GROUP_INVITE("groupInvite"),
    /** The announcement of several images or videos that follow as messages of their own. */
    ALBUM("album"),
    /** A choice that a business offers. */
    CHOICE("choice"),
    /** An answer to a choice. */
    CHOICE_REPLY("choiceReply"),
    /** New content for an earlier message. */
    EDIT("edit"),
    /** An earlier message is deleted for everyone. */
    REVOKE("revoke"),
    /** Messages of this chat disappear from now on, or no longer. */
    EPHEMERAL_SETTING("ephemeralSetting"),
    /** An earlier message is pinned or no longer. */
    PIN("pin"),
    /** A disappearing message is kept or no longer. */
    KEEP("keep"),
    /** Another message of WhatsApp's own protocol. */
    PROTOCOL("protocol"),
    /** Its content is not here: it could not be read, or this device does not get it. */
    UNREADABLE("unreadable"),
    /** Any other content; the raw message has it. */
    OTHER("other");

    private final String wireName;

    MessageKind(String wireName) {
        this.wireName = wireName;
    }

    /** As JSON has it, in lower camel case. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    @Override
    public String toString() {
        return wireName;
    }
}
