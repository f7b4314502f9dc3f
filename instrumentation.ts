/** Run once by Next before the web process takes its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { noteSocketAddresses } = await import('#lib/web/socket-address.ts')
  noteSocketAddresses()
  // In development Next answers the API too, so that a change of it takes effect at once.
  if (process.env.NODE_ENV !== 'production') return
  const { answerBesideNext } = await import('#lib/api/node.ts')
  answerBesideNext()
}
