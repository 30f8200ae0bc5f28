// A plan for a pull request or a chat: one table an application.
import type { Plan } from '../plan.ts';
import { actionOf, notable, provenanceText, reasonText, summaryText, symbols } from './labels.ts';

/** The lines of the document. */
export function* planMarkdown(plan: Plan): Generator<string> {
  yield `**Plan** \`${plan.id}\`: ${summaryText(plan)}.`;
  for (const application of plan.applications) {
    const decisions = notable(application);
    if (decisions.length === 0 && application.refusals.length === 0) continue;
    const { place } = application;
    yield* [
      '',
      `### ${escape(place.application)} (account ${escape(place.account)}, application ${place.applicationId})`,
      '',
    ];
    yield* ['| | secret | action | reason | from |', '|---|---|---|---|---|'];
    for (const decision of decisions) {
      const problem = decision.problem === undefined ? '' : `: ${decision.problem.message}`;
      const cells = [
        `\`${symbols[decision.kind]}\``,
        `\`${decision.name}\``,
        actionOf(decision),
        `${reasonText(decision)}${problem}`,
      ];
      yield `| ${[...cells, provenanceText(decision.from)].map(escape).join(' | ')} |`;
    }
    for (const { kind, count, ownedCount, limit } of application.refusals) {
      yield* [
        '',
        `**Refused**: ${count} ${kind} of ${ownedCount} (${limit}). To go ahead: \`voxsync sync --acknowledge ${plan.id}\``,
      ];
    }
  }
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
