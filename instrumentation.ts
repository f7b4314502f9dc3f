/** Run once by Next before the web process takes its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { noteSocketAddresses } = await import('#lib/web/socket-address.ts')
  noteSocketAddresses()
}
