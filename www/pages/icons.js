// Which icon stands for how a site, or all of them, fares.

const NAMES = { fine: "idle", checking: "checking", failing: "failing", flickering: "flickering", back: "back" };

/**
 * The address of an icon.
 * @param {keyof typeof NAMES} mood
 * @param {32 | 128} size in CSS pixels
 * @returns {string}
 */
export const icon = (mood, size) => `../icons/${NAMES[mood]}-${size}.png`;
