import { z } from 'zod'
import { MACHINES, type MachineName, type StateOf } from './machine.ts'

/** The states of a machine as a schema. Apart from the machines, which pages load without zod. */
export const stateSchema = <M extends MachineName>(machine: M) => z.enum(Object.keys(MACHINES[machine]) as StateOf<M>[])

/** The same for what comes out of the database, where a state is a text with a CHECK. */
export const storedState = <M extends MachineName>(machine: M) => z.string().pipe(stateSchema(machine))
