/** The process runs. */
export const GET = () => Response.json({ status: 'alive' })
