// Layout Instability: every shift without recent input; null where the browser does not offer it.
const entries = buffered('layout-shift');
return entries && entries.filter(e => !e.hadRecentInput).map(e => ({ at: e.startTime, value: e.value }));
