/** What came with a request, or stood on the command line: by the names everybody gives it. */

const REQUEST =
  /\b(req|request|ctx|context|event)\b(\??\.\w+)*\??\.(body|query|params|param|headers|cookies|queryStringParameters|pathParameters)\b|\bsearchParams\.get\b|\bprocess\.argv\b/;

export const isRequestData = (node, sourceCode) => REQUEST.test(sourceCode.getText(node));
