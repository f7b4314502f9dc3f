/** Something done a while after it was first asked for; asking again meanwhile changes nothing, except for asking it at once. */
export class Delayed {
  readonly #run: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(run: () => void) {
    this.#run = run
  }

  schedule(milliseconds: number): void {
    if (milliseconds === 0) this.cancel()
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#run()
    }, milliseconds)
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
