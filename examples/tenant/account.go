package main

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	msgraphsdk "github.com/microsoftgraph/msgraph-sdk-go"
)

// account is how the program signs in: as the application where it has a secret, else as a person.
type account struct{ tenant, app, secret string }

// client is the full client of the SDK. It signs in at its first request.
func (a account) client(write bool) (*msgraphsdk.GraphServiceClient, error) {
	cred, err := a.credential()
	if err != nil {
		return nil, err
	}
	return msgraphsdk.NewGraphServiceClientWithCredentials(cred, a.scopes(write))
}

func (a account) credential() (azcore.TokenCredential, error) {
	if a.secret != "" {
		return azidentity.NewClientSecretCredential(a.tenant, a.app, a.secret, nil)
	}
	return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{TenantID: a.tenant, ClientID: a.app})
}

// scopes are no more than the run needs. An application has what its administrator granted.
func (a account) scopes(write bool) []string {
	switch {
	case a.secret != "":
		return []string{"https://graph.microsoft.com/.default"}
	case write:
		return []string{"https://graph.microsoft.com/Contacts.ReadWrite"}
	}
	return []string{"https://graph.microsoft.com/Contacts.Read"}
}
