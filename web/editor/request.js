/** Build the `operation` of `POST /image-edit` from the panel, with a label for the history. */

import { inWords } from "./vocabulary.js";

/**
 * A command alone is sent as typed, a single menu step as `bulk`, everything else as a plan of steps.
 * @param {import("./command.js").Outcome} outcome
 * @param {Array<{op: string}>} steps
 * @returns {{operation: any, label: string} | null}  null: nothing to run, or not understood (yet)
 */
export function requested(outcome, steps) {
  if (outcome.kind === "error" || outcome.kind === "checking") return null;
  const { command } = outcome;
  const label = [command, ...steps.map(inWords)].filter(Boolean).join(", then ");
  if (!steps.length) return command ? { operation: { type: "command", command }, label } : null;
  if (command) return { operation: { type: "plan", steps: [...outcome.plan.steps, ...steps] }, label };
  return { operation: steps.length === 1 ? ofButton(steps[0], label) : { type: "plan", steps }, label };
}

function ofButton({ op, ...params }, label) {
  return { type: "bulk", bulkOp: { type: op, params, label } };
}
