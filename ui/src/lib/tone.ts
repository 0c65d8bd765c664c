/** How a state is meant: fine, on its way, to be looked at, broken, or of no concern. One colour for each. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle'
