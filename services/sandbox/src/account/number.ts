/** +999 is a country code that no country has, so an allocated number can never belong to a person. */
const countryCode = '999'

/** Reads a phone number in E.164 form and returns its digits; undefined when it is not one. */
export function parseNumber(text: string): string | undefined {
  return /^\+[1-9]\d{6,14}$/.test(text) ? text.slice(1) : undefined
}

export function formatNumber(digits: string): string {
  return `+${digits}`
}

/** An unassigned number's digits. `random` gives an integer below its argument; `isTaken` decides about collisions. */
export function allocateNumber(random: (below: number) => number, isTaken: (digits: string) => boolean): string {
  return allocate(() => countryCode + String(random(1e9)).padStart(9, '0'), isTaken)
}

/** A LID's digits: fifteen of them, told apart from every allocated number by the first. */
export function allocateLid(random: (below: number) => number, isTaken: (digits: string) => boolean): string {
  return allocate(() => `1${String(random(1e14)).padStart(14, '0')}`, isTaken)
}

function allocate(draw: () => string, isTaken: (digits: string) => boolean): string {
  for (;;) {
    const digits = draw()
    if (!isTaken(digits)) return digits
  }
}
