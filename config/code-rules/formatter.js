/**
 * What nemesis reads of its own pass: remarks without the source around them, those a comment exempts by name marked
 * as such. Facts (`…-found`) are not up for exemption. A file written in Flow, which no parser here reads, is named
 * as such: that can only be told from its text.
 */

export default function format(results) {
  return JSON.stringify(
    results.map(({ filePath, source, messages, suppressedMessages }) => ({
      filePath,
      ...(/@(no)?flow\b/.test(source ?? '') ? { kind: 'flow' } : {}),
      messages: [
        ...messages.map((message) => short(message)),
        ...suppressedMessages.map((message) => short(message, !isFact(message))),
      ],
    })),
  );
}

const isFact = ({ ruleId }) => ruleId?.endsWith('-found') ?? false;

function short({ ruleId, message, messageId, line, column, fatal }, exempt = false) {
  return {
    ...{ ruleId, message, line, column },
    ...(messageId === undefined ? {} : { messageId }),
    ...(fatal === true ? { fatal } : {}),
    ...(exempt ? { exempt } : {}),
  };
}
