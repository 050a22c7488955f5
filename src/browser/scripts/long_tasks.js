// Long Tasks: start and duration in ms; null where the browser does not offer them.
const entries = buffered('longtask');
return entries && entries.map(e => ({ start: e.startTime, duration: e.duration }));
