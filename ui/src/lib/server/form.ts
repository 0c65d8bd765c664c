/** The texts of a form; a file, or a field that is missing, is an empty text, for the API to refuse with a reason. */
export async function textsOf<Name extends string>(
  request: Request,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const form = await request.formData()
  const textOf = (name: Name): string => {
    const value = form.get(name)
    return typeof value === 'string' ? value : ''
  }
  return Object.fromEntries(names.map((name) => [name, textOf(name)])) as Record<Name, string>
}

/** What was written into a number field; null when it is empty. Anything else is for the API to refuse with a reason. */
export const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))
