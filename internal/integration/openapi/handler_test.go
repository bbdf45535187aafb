package openapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// Both directions are checked as they are meant, and passed on as they are.
func TestHandlerLooksIntoPackedBodies(t *testing.T) {
	d, err := Load("testdata/small.yaml")
	require.NoError(t, err)
	tests := []struct {
		name, sent, answered string
		reports              int
	}{
		{"fitting", `{"givenName":"Ada"}`, contact, 0},
		{"wrong request", `{"givenName":5}`, contact, 1},
		{"wrong answer", `{"givenName":"Ada"}`, `{"id":5}`, 1},
		{"both wrong", `{"givenName":5}`, `{"id":5}`, 2},
	}
	for _, tt := range tests {
		for _, pack := range []bool{false, true} {
			form := func(s string) []byte {
				if pack {
					return packed(t, s)
				}
				return []byte(s)
			}
			var got []byte
			var reports []error
			h := &Handler{
				Description: d,
				Report:      func(err error) { reports = append(reports, err) },
				Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					got, _ = io.ReadAll(r.Body)
					w.Header().Set("Content-Type", "application/json")
					if pack {
						w.Header().Set("Content-Encoding", "gzip")
					}
					w.WriteHeader(http.StatusCreated)
					_, _ = w.Write(form(tt.answered))
				}),
			}
			r := httptest.NewRequest("POST", "/v1.0/me/contacts", bytes.NewReader(form(tt.sent)))
			r.Header.Set("Content-Type", "application/json")
			if pack {
				r.Header.Set("Content-Encoding", "gzip")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)

			require.Len(t, reports, tt.reports, "%s, packed %t", tt.name, pack)
			require.Equal(t, 1, h.Looked())
			require.Equal(t, form(tt.sent), got, "the server gets the request as it was sent")
			require.Equal(t, http.StatusCreated, w.Code)
			require.Equal(t, form(tt.answered), w.Body.Bytes(), "the caller gets the answer as it was given")
		}
	}
}

func TestHandlerReportsWhatCannotBeUnpacked(t *testing.T) {
	d, err := Load("testdata/small.yaml")
	require.NoError(t, err)
	var reports []error
	h := &Handler{
		Description: d, Report: func(err error) { reports = append(reports, err) },
		Next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }),
	}
	r := httptest.NewRequest("POST", "/v1.0/me/contacts", bytes.NewReader([]byte("{}")))
	r.Header.Set("Content-Encoding", "gzip")
	h.ServeHTTP(httptest.NewRecorder(), r)
	require.Len(t, reports, 1)
}

func TestHandlerCountsParts(t *testing.T) {
	d, err := Load("testdata/small.yaml")
	require.NoError(t, err)
	h := &Handler{
		Description: d, Report: func(err error) { t.Error(err) },
		Next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGatewayTimeout) }),
	}
	body := `{"requests":[` + readPart + `,{"id":"b","method":"DELETE","url":"me/contacts/1"}]}`
	r := httptest.NewRequest("POST", "/v1.0/$batch", bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/json")
	h.ServeHTTP(httptest.NewRecorder(), r)
	require.Equal(t, 3, h.Looked())
}
