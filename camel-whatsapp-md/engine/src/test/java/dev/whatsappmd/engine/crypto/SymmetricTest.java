package dev.whatsappmd.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

class SymmetricTest {
    private static final byte[] KEY = new byte[32];
    private static final byte[] IV12 = new byte[12];
    private static final byte[] IV16 = new byte[16];
    private static final byte[] NONE = {};

    @Test
    void refusesKeysAndIvsOfTheWrongLength() {
        byte[] shortKey = new byte[31];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AesGcm(shortKey))
                .withMessageContaining("31");
        assertThatIllegalArgumentException().isThrownBy(() -> AesCbc.encrypt(shortKey, IV16, NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> AesCbc.decrypt(shortKey, IV16, IV16));
        assertThatIllegalArgumentException().isThrownBy(() -> AesCtr.apply(shortKey, IV16, NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> AesCbc.encrypt(KEY, IV12, NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> AesCbc.decrypt(KEY, IV12, IV16));
        assertThatIllegalArgumentException().isThrownBy(() -> AesCtr.apply(KEY, IV12, NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> new AesGcm(KEY).encrypt(IV16, NONE, NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> Curve25519.keyPairOf(shortKey));
        assertThatIllegalArgumentException().isThrownBy(() -> Curve25519.agree(shortKey, KEY));
        assertThatIllegalArgumentException().isThrownBy(() -> Hkdf.sha256(KEY, null, NONE, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Hkdf.sha256(KEY, null, NONE, 255 * 32 + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Crockford.encode(new byte[4]));
    }

    @Test
    void refusesGcmShorterThanItsTag() {
        assertThatThrownBy(() -> new AesGcm(KEY).decrypt(IV12, NONE, new byte[15]))
                .isInstanceOf(CryptoException.class)
                .hasMessageContaining("15");
    }

    @Test
    void refusesTheSameGcmIvTwiceInARow() {
        AesGcm gcm = new AesGcm(KEY);
        gcm.encrypt(IV12, NONE, NONE);
        assertThatIllegalArgumentException().isThrownBy(() -> gcm.encrypt(IV12, NONE, NONE));
    }

    @Test
    void refusesCbcWithAWrongPadding() throws CryptoException {
        byte[] ciphertext = AesCbc.encrypt(KEY, IV16, new byte[15]);
        assertThat(AesCbc.decrypt(KEY, IV16, ciphertext)).hasSize(15);
        byte[] wrongIv = IV16.clone();
        wrongIv[15] ^= 0x55;
        assertThatThrownBy(() -> AesCbc.decrypt(KEY, wrongIv, ciphertext))
                .isInstanceOf(CryptoException.class)
                .hasMessageContaining("padding");
    }

    @Test
    void comparesMacsWholeOrCutToTheProtocolsLength() {
        byte[] mac = Hmac.sha256(KEY, IV16);
        assertThat(Hmac.matches(mac, mac.clone())).isTrue();
        assertThat(Hmac.matches(mac, Arrays.copyOf(mac, 10))).isFalse();
        assertThat(Hmac.matches(mac, Arrays.copyOf(mac, 10), 10)).isTrue();
        assertThat(Hmac.matches(mac, Arrays.copyOf(mac, 9), 10)).isFalse();
        assertThat(Hmac.matches(mac, NONE, 10)).isFalse();
        byte[] altered = Arrays.copyOf(mac, 10);
        altered[9] ^= 1;
        assertThat(Hmac.matches(mac, altered, 10)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> Hmac.matches(mac, mac, 33));
        assertThatIllegalArgumentException().isThrownBy(() -> Hmac.matches(mac, NONE, 0));
    }

    /** The value is Python's {@code hmac.new(b"", b"", "sha256")}. */
    @Test
    void makesMacsUnderAnEmptyKey() {
        assertThat(HexFormat.of().formatHex(Hmac.sha256(NONE, NONE)))
                .isEqualTo("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
        assertThat(Hkdf.sha256(KEY, NONE, NONE, 32)).isEqualTo(Hkdf.sha256(KEY, null, NONE, 32));
    }

    @Test
    void showsNoKey() {
        assertThat(new AesGcm(KEY)).hasToString("AesGcm[…]");
        assertThat(Curve25519.keyPairOf(KEY)).hasToString("KeyPair[…]");
    }

    @Test
    void takesAesFromTheJdkThoughBouncyCastleComesFirst() throws Exception {
        Provider bouncyCastle = new BouncyCastleProvider();
        assertThat(Security.insertProviderAt(bouncyCastle, 1)).isEqualTo(1);
        try {
            assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider()).isSameAs(bouncyCastle);
            assertThat(Primitives.cipher("AES/GCM/NoPadding").getProvider().getName())
                    .isEqualTo("SunJCE");
            assertThat(Primitives.mac("HmacSHA256").getProvider().getName()).isEqualTo("SunJCE");
            assertThat(Primitives.digest("SHA-256").getProvider().getName()).isEqualTo("SUN");
        } finally {
            Security.removeProvider(bouncyCastle.getName());
        }
    }
}
