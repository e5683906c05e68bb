// What the reader decides. Until it is said where decisions go, there is nothing to decide.
"use strict";
(() => {
  unecho.decisions = {
    mark: () => null, filters: () => [], memberButtons: () => null, clusterButtons: () => null,
    exampleButtons: () => null, ruleButtons: () => null,
  };
})();
