package contactsync

import "fmt"

// ThisConnector is the choice of this connector in [Settings].Connector; every other word but the empty one is the name of another.
const ThisConnector = "this"

// MayReplace says whether an administrator may save these settings in the place of previous: the choice of a connector cannot be
// taken back, nor changed into another (A13). Call it before the settings of a CRM space are saved, with those that are stored; where
// they lie in layers, with the administrator's layer composed alone. An [*InvalidError] names the member; nil: they may be saved.
func (s Settings) MayReplace(previous Settings) error {
	if previous.Connector == "" || s.Connector == previous.Connector {
		return nil
	}
	return fmt.Errorf("contactsync: settings: %w", &InvalidError{
		Field: "connector", Reason: fmt.Sprintf("%q was chosen for this CRM space, and a choice of connector cannot be taken back", previous.Connector),
	})
}

// anotherConnector says to a person that another connector was chosen for their CRM space; empty: none was.
func (s *Settings) anotherConnector() string {
	if s.Connector == "" || s.Connector == ThisConnector {
		return ""
	}
	return fmt.Sprintf("For this CRM space the administrator has chosen another connector, %s. This one syncs nothing there; nothing is removed. The choice cannot be taken back.", s.Connector)
}
