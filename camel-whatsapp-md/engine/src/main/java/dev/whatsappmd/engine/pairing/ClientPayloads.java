package dev.whatsappmd.engine.pairing;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.engine.proto.payload.ClientPayload.DevicePairingRegistrationData;
import dev.whatsappmd.engine.proto.payload.ClientPayload.UserAgent;
import dev.whatsappmd.engine.proto.payload.ClientPayload.WebInfo;
import dev.whatsappmd.engine.proto.payload.ClientPayload.WebInfo.WebSubPlatform;
import dev.whatsappmd.engine.proto.payload.DeviceProps;
import dev.whatsappmd.engine.proto.payload.DeviceProps.HistorySyncConfig;
import dev.whatsappmd.engine.store.Credentials;

/**
 * The payload of the handshake's last message: who connects, or who wants to be linked (Baileys
 * Utils/validate-connection.ts).
 */
public final class ClientPayloads {
    private static final int STORAGE_QUOTA_MB = 10240;

    private ClientPayloads() {}

    /** Asks for QR codes: this device is not linked yet. */
    public static byte[] registration(Credentials credentials, DeviceConfig config) {
        Credentials.SignedPreKey signedPreKey = credentials.signedPreKey();
        return common(config)
                .setPassive(false)
                .setPull(false)
                .setDevicePairingData(DevicePairingRegistrationData.newBuilder()
                        .setBuildHash(ByteString.copyFrom(config.version().buildHash()))
                        .setDeviceProps(deviceProps(config).toByteString())
                        .setERegid(bigEndian(credentials.registrationId(), 4))
                        .setEKeytype(bigEndian(Curve25519.PREFIX, 1))
                        .setEIdent(ByteString.copyFrom(credentials.identityKey().publicKey()))
                        .setESkeyId(bigEndian(signedPreKey.id(), 3))
                        .setESkeyVal(ByteString.copyFrom(signedPreKey.keyPair().publicKey()))
                        .setESkeySig(ByteString.copyFrom(signedPreKey.signature())))
                .build()
                .toByteArray();
    }

    /**
     * Logs in a linked device.
     *
     * @param own this device's phone-number address with its device number
     * @throws IllegalArgumentException when the user part is not a number
     */
    public static byte[] login(Jid own, DeviceConfig config) {
        ClientPayload.Builder payload = common(config)
                .setPassive(true)
                .setPull(true)
                .setUsername(username(own))
                // False as in Baileys: whatever this store holds, the server goes on sending the mappings.
                .setLidDbMigrated(false);
        own.device().ifPresent(payload::setDevice);
        return payload.build().toByteArray();
    }

    private static long username(Jid own) {
        try {
            return Long.parseUnsignedLong(own.user());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the own address " + own.toLogString()
                    + " has no phone number as its user part; log in with the address from pair-success");
        }
    }

    private static ClientPayload.Builder common(DeviceConfig config) {
        ClientPayload.Builder payload = ClientPayload.newBuilder()
                .setConnectType(ClientPayload.ConnectType.WIFI_UNKNOWN)
                .setConnectReason(ClientPayload.ConnectReason.USER_ACTIVATED)
                .setUserAgent(userAgent(config));
        if (!config.device().isAndroid()) {
            payload.setWebInfo(WebInfo.newBuilder().setWebSubPlatform(webSubPlatform(config)));
        }
        config.pushName().ifPresent(payload::setPushName);
        return payload;
    }

    private static UserAgent userAgent(DeviceConfig config) {
        ClientVersion version = config.version();
        return UserAgent.newBuilder()
                .setAppVersion(UserAgent.AppVersion.newBuilder()
                        .setPrimary(version.primary())
                        .setSecondary(version.secondary())
                        .setTertiary(version.tertiary()))
                .setPlatform(config.device().isAndroid() ? UserAgent.Platform.ANDROID : UserAgent.Platform.WEB)
                .setReleaseChannel(UserAgent.ReleaseChannel.RELEASE)
                .setMcc("000")
                .setMnc("000")
                .setOsVersion("0.1")
                .setDevice("Desktop")
                .setOsBuildNumber("0.1")
                .setLocaleLanguageIso6391("en")
                .setLocaleCountryIso31661Alpha2(config.countryCode())
                .build();
    }

    private static WebSubPlatform webSubPlatform(DeviceConfig config) {
        if (!config.syncFullHistory() || !config.device().isDesktop()) {
            return WebSubPlatform.WEB_BROWSER;
        }
        return switch (config.device().os()) {
            case "Mac OS" -> WebSubPlatform.DARWIN;
            case "Windows" -> WebSubPlatform.WIN32;
            default -> WebSubPlatform.WEB_BROWSER;
        };
    }

    /** How the phone lists the device, and which history it is to upload. */
    static DeviceProps deviceProps(DeviceConfig config) {
        return DeviceProps.newBuilder()
                .setOs(config.device().os())
                .setVersion(DeviceProps.AppVersion.newBuilder()
                        .setPrimary(10)
                        .setSecondary(15)
                        .setTertiary(7))
                .setPlatformType(config.device().platformType())
                .setRequireFullSync(config.syncFullHistory())
                .setHistorySyncConfig(HistorySyncConfig.newBuilder()
                        .setStorageQuotaMb(STORAGE_QUOTA_MB)
                        .setInlineInitialPayloadInE2EeMsg(true)
                        .setSupportCallLogHistory(false)
                        .setSupportBotUserAgentChatHistory(true)
                        .setSupportCagReactionsAndPolls(true)
                        .setSupportBizHostedMsg(true)
                        .setSupportRecentSyncChunkMessageCountTuning(true)
                        .setSupportHostedGroupMsg(true)
                        .setSupportFbidBotChatHistory(true)
                        .setSupportMessageAssociation(true)
                        .setSupportGroupHistory(false))
                .build();
    }

    private static ByteString bigEndian(int value, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (value >>> Byte.SIZE * (length - 1 - i));
        }
        return ByteString.copyFrom(bytes);
    }
}
