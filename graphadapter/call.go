package graphadapter

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	nethttp "github.com/microsoft/kiota-http-go"
)

// call is one HTTP request.
type call struct {
	method abstractions.HttpMethod
	url    string
	prefer string
	body   []byte // JSON; nil for none
}

// reply is what came back, whatever its status.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// unsentError says that a request was certainly not carried out, because it never left.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// maxReply bounds the memory one answer may take. A page of 999 contacts without notes has about 2 MB.
const maxReply = 256 << 20

// send makes one request through the SDK's adapter, once: the SDK's own retry and redirect are off, because it would
// send a POST again. An error means that no whole answer came; unless it is an [unsentError], the request may have been
// carried out.
func (s *session) send(ctx context.Context, c call) (reply, error) {
	u, err := s.root.own(c.url)
	if err != nil {
		return reply{}, unsentError{err}
	}
	if err := ctx.Err(); err != nil {
		return reply{}, unsentError{err}
	}
	info := abstractions.NewRequestInformation()
	info.Method = c.method
	info.SetUri(*u)
	info.Headers.Add("Accept", "application/json")
	info.Headers.Add("Accept-Encoding", "gzip")
	if c.prefer != "" {
		info.Headers.Add("Prefer", c.prefer)
	}
	if c.body != nil {
		info.SetStreamContentAndContentType(c.body, "application/json")
	}
	var got reply
	var handled bool
	handler := abstractions.NewRequestHandlerOption()
	handler.SetResponseHandler(func(response any, _ abstractions.ErrorMappings) (any, error) {
		handled = true
		var err error
		got, err = s.read(response)
		return nil, err
	})
	info.AddRequestOptions(append(onceOnly(), handler))
	if err := s.sdk.SendNoContent(ctx, info, nil); err != nil {
		return reply{}, transportError(err, s.root)
	}
	if !handled {
		return reply{}, errors.New("the request adapter did not hand over the answer")
	}
	return got, nil
}

// onceOnly are the request options under which the SDK sends a request once and leaves its URL as it is.
func onceOnly() []abstractions.RequestOption {
	return []abstractions.RequestOption{
		&nethttp.RetryHandlerOptions{
			ShouldRetry: func(_ time.Duration, _ int, _ *http.Request, _ *http.Response) bool { return false },
		},
		&nethttp.RedirectHandlerOptions{
			ShouldRedirect: func(*http.Request, *http.Response) bool { return false },
		},
		&nethttp.ParametersNameDecodingOptions{Enable: false}, // it would rewrite opaque links
	}
}

// read takes a native answer whole.
func (s *session) read(native any) (reply, error) {
	response, ok := native.(*http.Response)
	if !ok || response == nil {
		return reply{}, errors.New("the request adapter answered with something other than an HTTP response")
	}
	defer response.Body.Close()
	if r := response.Request; r != nil && r.URL != nil && !strings.EqualFold(r.URL.Host, s.root.host) {
		return reply{}, &ForeignLinkError{Host: r.URL.Host, Root: s.root.String()} // the client follows redirects by itself
	}
	body, err := readAll(response.Body)
	if err != nil {
		return reply{}, fmt.Errorf("read the answer: %w", err)
	}
	if strings.EqualFold(response.Header.Get("Content-Encoding"), "gzip") && isGzip(body) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return reply{}, fmt.Errorf("unpack the answer: %w", err)
		}
		if body, err = readAll(z); err != nil {
			return reply{}, fmt.Errorf("unpack the answer: %w", err)
		}
	}
	return reply{status: response.StatusCode, header: response.Header, body: body}, nil
}

func isGzip(b []byte) bool { return len(b) > 1 && b[0] == 0x1f && b[1] == 0x8b }

func readAll(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxReply+1))
	if err == nil && len(body) > maxReply {
		err = fmt.Errorf("it is longer than %d MB", maxReply>>20)
	}
	return body, err
}

// transportError tells a request that never left, because the account could not be signed in or no connection was made,
// from one whose fate is unknown. URLs, which may name people, are left out of the text.
func transportError(err error, r root) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		to, parseErr := url.Parse(u.URL)
		if parseErr == nil && strings.EqualFold(to.Host, r.host) {
			if isDialError(u.Err) {
				return unsentError{fmt.Errorf("no connection to %s: %w", r.host, u.Err)}
			}
			return fmt.Errorf("no answer from %s: %w", r.host, u.Err)
		}
	}
	if signIn := credentialError(err); isCredentialError(signIn) {
		return unsentError{signIn}
	}
	return withoutURL(err)
}
