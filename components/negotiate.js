// Runs at CloudFront for every request of a picture (cloudfront-js-2.0), before the cache is asked, so that the
// rewritten path is the cache key. FORMATS is written in front of this by components/cdn_policies.py: for each size,
// the formats beside JPEG that its renditions have, best first.
var MIME = { avif: 'image/avif', webp: 'image/webp' };

function handler(event) {
    var request = event.request;
    var found = /_([a-z][a-z0-9-]*)(?:\.[0-9a-f]{12})?\.jpg$/.exec(request.uri);
    var formats = (found && FORMATS[found[1]]) || [];
    var accept = request.headers.accept ? request.headers.accept.value : '';
    for (var i = 0; i < formats.length; i++) {
        if (accept.indexOf(MIME[formats[i]]) >= 0) {
            request.uri = request.uri.slice(0, -'jpg'.length) + formats[i];
            break;
        }
    }
    return request;
}
