/**
 * What nemesis reads of its own pass: remarks without the source around them. A file written in Flow, which no parser
 * here reads, is named as such: that can only be told from its text.
 */

export default function format(results) {
  return JSON.stringify(
    results.map(({ filePath, source, messages }) => ({
      filePath,
      ...(/@(no)?flow\b/.test(source ?? '') ? { kind: 'flow' } : {}),
      messages: messages.map(({ ruleId, message, messageId, line, column, fatal }) => ({
        ...{ ruleId, message, line, column },
        ...(messageId === undefined ? {} : { messageId }),
        ...(fatal === true ? { fatal } : {}),
      })),
    })),
  );
}
