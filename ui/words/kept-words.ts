/** Where the browser refuses its storage, in some private windows or by the reader's own settings. */
export const NOTHING_KEPT = 'This browser lets the page keep nothing.';
