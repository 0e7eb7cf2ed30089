"""What a phone needs to keep Ponte on its home screen: manifest, service worker, the page shown without a network."""
