/**
 * Why a connection ended, what that means, and what to do next. Knows no protocol, does no I/O, reads no clock.
 *
 * <h2>Three things, three types</h2>
 *
 * <ul>
 *   <li><b>Code</b>, {@link dev.whatsappmd.reconnect.DisconnectCode}: the number, and the layer it came from. The same number
 *       on two layers is two codes.
 *   <li><b>Meaning</b>, {@link dev.whatsappmd.reconnect.DisconnectKind}: one enum per protocol. It also says whether the next
 *       attempt {@linkplain dev.whatsappmd.reconnect.Resumption resumes or starts afresh}.
 *   <li><b>Action</b>, {@link dev.whatsappmd.reconnect.ReconnectAction}: now, backoff, park, stop, relink, none.
 * </ul>
 *
 * <p>Code to meaning is a {@link dev.whatsappmd.reconnect.CodeTable}, meaning to action a
 * {@link dev.whatsappmd.reconnect.RuleTable}. Both are total: a code nobody knows has a kind of its own, with a rule of its
 * own, and a kind without a rule fails when the table is built. Settings, rules and the user's
 * {@linkplain dev.whatsappmd.reconnect.ReconnectOverrides overrides} make a
 * {@link dev.whatsappmd.reconnect.ReconnectPolicy}; a {@link dev.whatsappmd.reconnect.ReconnectTracker} applies it to the ends
 * of one session.
 *
 * <h2>Adding a protocol</h2>
 *
 * <p>Nothing here changes. The protocol brings its enum and three constants:
 *
 * <pre>{@code
 * enum LinkEnd implements DisconnectKind {
 *     LINE_LOST(false, RESUME), SESSION_INVALID(false, FRESH), KICKED(false, FRESH),
 *     CLOSED_BY_US(true, FRESH), UNKNOWN(false, FRESH);
 *     ...
 *     static final CodeTable<LinkEnd> CODES = CodeTable.builder(UNKNOWN)
 *             .codes(SESSION_INVALID, "close", 4006, 4009)
 *             .codes(KICKED, "close", 4014)
 *             .range(LINE_LOST, "close", 1000, 3999)
 *             .codes(CLOSED_BY_US, "local", 0)
 *             .build();
 *     static final RuleTable<LinkEnd> RULES = RuleTable.builder(LinkEnd.class)
 *             .rule(LINE_LOST, ReconnectRule.of(backoff()))
 *             .rule(SESSION_INVALID, ReconnectRule.of(now()).then(backoff()))
 *             .rule(KICKED, ReconnectRule.of(stop()).evenUnderAlways())
 *             .rule(CLOSED_BY_US, ReconnectRule.of(none()))
 *             .rule(UNKNOWN, ReconnectRule.of(backoff()).attempts(10, park(ofHours(1))))
 *             .build();
 *     static final Vocabulary<LinkEnd> VOCABULARY = Vocabulary.builder(RULES)
 *             .codes(CODES).reasons("kicked", "sessionInvalid").build();
 * }
 * }</pre>
 *
 * <p>Per session, on its own thread:
 *
 * <pre>{@code
 * tracker = new ReconnectPolicy<>(settings, RULES, ReconnectOverrides.parse(options, VOCABULARY)).newTracker(random);
 * decision = tracker.decide(new Cause<>(kind, reason, code), now);   // every end, also of a failed attempt
 * decision = tracker.override(decision, word, now);                  // the application's last word, if it has one
 * tracker.opened(now);                                               // usable again
 * if (tracker.openLongEnough(now)) tracker.stable();                 // from a timer the caller owns
 * tracker.reset();                                                   // a person asked to try again
 * }</pre>
 *
 * <p>The caller waits {@code decision.delay()} where there is one, connects, and lets the kind's
 * {@link dev.whatsappmd.reconnect.DisconnectKind#resumption()} say how.
 */
package dev.whatsappmd.reconnect;
