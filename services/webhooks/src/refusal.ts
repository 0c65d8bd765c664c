/**
 * True for errors with which PostgreSQL refuses a value (SQLSTATE classes 21, 22 and 23): the same events will bring them
 * again. Everything else is waited for.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^2[123][0-9A-Z]{3}$/.test(String(error.code))
