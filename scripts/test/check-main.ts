import { checkStage } from './checks.ts'
import { runStages } from './main.ts'

export const main = (): Promise<number> => runStages([checkStage])
