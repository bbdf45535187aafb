package graphadapter

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// globalRoot is Graph for everybody who is in no national cloud. The others are listed at
// https://learn.microsoft.com/graph/deployments.
const globalRoot = "https://graph.microsoft.com"

var microsoftRoots = []string{
	globalRoot,
	"https://graph.microsoft.us",
	"https://dod-graph.microsoft.us",
	"https://microsoftgraph.chinacloudapi.cn",
}

// ForeignLinkError says that a link, from an answer or from a stored cursor, leads to another place than the mailbox's
// Graph root. It was not followed: the request would have carried the user's token.
type ForeignLinkError struct {
	Host string // where it leads; empty when it could not be read
	Root string // where it should
}

func (e *ForeignLinkError) Error() string {
	if e.Host == "" {
		return fmt.Sprintf("a link that cannot be read, instead of one on %s, was not followed", e.Root)
	}
	return fmt.Sprintf("a link to %s, instead of %s, was not followed", e.Host, e.Root)
}

// root is the place all requests of a mailbox go to.
type root struct {
	scheme, host string // in lower case
	base         string // with the version, without a slash at its end
}

// parseRoot reads a Graph root, with or without the version.
func parseRoot(text string) (root, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return root{}, errors.New("a Graph root is not a URL")
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return root{}, errors.New("a Graph root is not a URL of scheme and host alone")
	case !strings.EqualFold(u.Scheme, "https") && !(strings.EqualFold(u.Scheme, "http") && isLoopback(u.Hostname())):
		return root{}, fmt.Errorf("the Graph root on %s is not https", u.Host)
	}
	base := strings.TrimRight(text, "/")
	if !strings.HasSuffix(base, "/v1.0") {
		if strings.Trim(u.Path, "/") != "" {
			return root{}, fmt.Errorf("the Graph root on %s has a path other than /v1.0", u.Host)
		}
		base += "/v1.0"
	}
	return root{strings.ToLower(u.Scheme), strings.ToLower(u.Host), base}, nil
}

func isLoopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

func (r root) String() string { return r.scheme + "://" + r.host }

// own reads a link and refuses one that leads elsewhere.
func (r root) own(link string) (*url.URL, error) {
	u, err := url.Parse(link)
	if err != nil || u.Opaque != "" {
		return nil, &ForeignLinkError{Root: r.String()}
	}
	if !strings.EqualFold(u.Scheme, r.scheme) || !strings.EqualFold(u.Host, r.host) || u.User != nil {
		return nil, &ForeignLinkError{Host: u.Host, Root: r.String()}
	}
	return u, nil
}

// rootOf is where the requests of a mailbox go: its cloud, else where the SDK's client was set up to go, else the
// global cloud. A cloud out of a host's database gets no token unless it is Microsoft's or was allowed.
func (d *Directory) rootOf(m contactsync.Mailbox, clientBase string) (root, error) {
	if m.Cloud == "" {
		if clientBase == "" {
			clientBase = globalRoot
		}
		r, err := parseRoot(clientBase)
		if err != nil {
			return root{}, fmt.Errorf("base URL of the client: %w", err)
		}
		return r, nil
	}
	r, err := parseRoot(m.Cloud)
	if err != nil {
		return root{}, &contactsync.InvalidError{Field: "Mailbox.Cloud", Reason: err.Error()}
	}
	known := func(text string) bool {
		k, err := parseRoot(text)
		return err == nil && k.scheme == r.scheme && k.host == r.host
	}
	if !slices.ContainsFunc(microsoftRoots, known) && !slices.ContainsFunc(d.opts.Roots, known) {
		return root{}, &contactsync.InvalidError{Field: "Mailbox.Cloud", Reason: r.host + " is neither one of Microsoft's Graph roots nor in Options.Roots"}
	}
	return r, nil
}
