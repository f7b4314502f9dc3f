/** How many moves to another page have begun, whether or not they are over. */
let begun = 0

export const countNavigations = (): number => begun

export const noteNavigation = (): void => {
  begun++
}
