// Advisory locks of the database that more than one service knows. Any number will do, but always this one, and one for each purpose.

/** Whoever makes the views again has it, from before he reads the first event until the new rows are seen. */
export const rebuildLock = 7_470_002
