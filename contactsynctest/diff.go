package contactsynctest

import (
	"fmt"
	"reflect"
	"time"
)

// diff tells where two values differ, one place a line; empty when they say the same: times are compared as instants, and
// nil equals empty.
func diff(want, got any) string {
	d := differ{}
	d.compare("", reflect.ValueOf(want), reflect.ValueOf(got))
	return d.text
}

type differ struct{ text string }

func (d *differ) add(path string, want, got any) {
	d.text += fmt.Sprintf("\n\t%s: want %v, got %v", path, want, got)
}

func (d *differ) compare(path string, want, got reflect.Value) {
	if t, ok := want.Interface().(time.Time); ok {
		if u := got.Interface().(time.Time); !t.Equal(u) {
			d.add(path, t, u)
		}
		return
	}
	switch want.Kind() {
	case reflect.Struct:
		for i := range want.NumField() {
			d.compare(path+"."+want.Type().Field(i).Name, want.Field(i), got.Field(i))
		}
	case reflect.Pointer:
		switch {
		case want.IsNil() && got.IsNil():
		case want.IsNil() || got.IsNil():
			d.add(path, want.Interface(), got.Interface())
		default:
			d.compare(path, want.Elem(), got.Elem())
		}
	case reflect.Slice, reflect.Array:
		if want.Len() != got.Len() {
			d.add(path, fmt.Sprintf("%d entries", want.Len()), fmt.Sprintf("%d", got.Len()))
			return
		}
		for i := range want.Len() {
			d.compare(fmt.Sprintf("%s[%d]", path, i), want.Index(i), got.Index(i))
		}
	case reflect.Map:
		if want.Len() != got.Len() {
			d.add(path, fmt.Sprintf("%d entries", want.Len()), fmt.Sprintf("%d", got.Len()))
			return
		}
		for _, key := range want.MapKeys() {
			if v := got.MapIndex(key); v.IsValid() {
				d.compare(fmt.Sprintf("%s[%v]", path, key), want.MapIndex(key), v)
			} else {
				d.add(fmt.Sprintf("%s[%v]", path, key), want.MapIndex(key).Interface(), "nothing")
			}
		}
	default:
		if !want.Equal(got) {
			d.add(path, want.Interface(), got.Interface())
		}
	}
}
