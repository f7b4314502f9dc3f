import { english } from '#lib/adapters/english.ts'
import type { FaultFacts } from '#lib/domain/import/row-fault.ts'
import type { Fault } from './import-reader.ts'

/** A fault as the API tells it: its facts for programs and interfaces, and the same in English. */
export type ToldFault = Fault & { message: string; cure: string }

type Text = { message: string; cure: string }
type Texts = Record<string, Text | Record<string, Text>>

function fill(text: string, facts: FaultFacts): string {
  const kinds: Record<string, string> = english().importKinds
  return text.replaceAll(/\{(\w+)\}/g, (_blank, name: string) => {
    const fact = facts[name]
    return name === 'found' || name === 'expected' ? (kinds[String(fact)] ?? '') : String(fact)
  })
}

/** Puts a fault into words: those of the English interface, so that there is one text for each. */
export function tell(fault: Fault): ToldFault {
  const { code, facts } = fault
  const found = (english().importFaults as Texts)[code] as Text | Record<string, Text>
  const { message, cure } = (facts.reason === undefined ? found : (found as Record<string, Text>)[facts.reason]) as Text
  return { ...fault, message: fill(message, facts), cure: fill(cure, facts) }
}
