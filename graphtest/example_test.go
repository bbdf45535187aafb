package graphtest_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// A contact in a mailbox, read as any Graph client reads it, and the count of what that took.
func Example() {
	srv := graphtest.New(graphtest.Options{
		Now: func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
	})
	srv.AddContact("ada@example.com", graphtest.Contact{
		GivenName: "Grace", Surname: "Hopper",
		EmailAddresses: []graphtest.EmailAddress{{Name: "Grace Hopper", Address: "grace@example.com"}},
	})

	resp, err := srv.Client().Get("https://graph.microsoft.com/v1.0/users/ada@example.com/contacts?$select=displayName,fileAs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var page struct {
		Value []struct{ DisplayName, FileAs, LastModifiedDateTime string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d: %+v\n", resp.StatusCode, page.Value)
	fmt.Println(srv.Counts().Routes)
	// Output:
	// 200: [{DisplayName:Grace Hopper FileAs:Hopper, Grace LastModifiedDateTime:}]
	// map[GET /contacts:1]
}

// The third request of a kind is carried out and its answer lost.
func ExampleServer_SetHooks() {
	srv := graphtest.New(graphtest.Options{})
	n := 0
	srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
		if r.Route == "/contactFolders" {
			n++
			a.Lost = n == 3
		}
	}})
	for range 3 {
		resp, err := srv.Client().Get("https://graph.microsoft.com/v1.0/me/contactFolders")
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(resp.StatusCode)
		_ = resp.Body.Close()
	}
	// Output:
	// 200
	// 200
	// Get "https://graph.microsoft.com/v1.0/me/contactFolders": graphtest: connection lost before the answer came
}
