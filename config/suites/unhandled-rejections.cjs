/**
 * What Node does with a rejection that nobody handles: it throws. mocha listens for such rejections and does nothing with
 * them, so a run that lost one ends well (https://github.com/mochajs/mocha/issues/5507). A project with a listener of its
 * own has decided for itself.
 */
process.on('unhandledRejection', (reason) => {
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
});
