import NIOSSL

/// A self-signed certificate for `localhost`, valid until 2099, and its key: for tests on loopback, worthless elsewhere.
enum ServerCertificate {
    static func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBVTCB/KADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
        dDAgFw0yMDAxMDEwMDAwMDBaGA8yMDk5MTIzMTIzNTk1OVowFDESMBAGA1UEAwwJ
        bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfepHZiuypVUSm/aI
        5NfKlKMycEmhQU3FM/eHZlKKDGAp41L2TL/PwRYUcS5TCeOLXdy0Q3YN89ROGoGh
        LZxi5aM9MDswGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBRS
        sp3SSJAO2kZ94kqfrx0OTRjnijAKBggqhkjOPQQDAgNIADBFAiEA2oyIGysd+vIA
        36OEeOOqcQoJWB1g0s7zIo7TYIGIW60CIFYLMToMT4lccNouXOQogETThDVXDiKP
        900FLWa1FtXq
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg236nxght3GC124iv
        BAystrW/CpsMR70EI9BxOHBkmfShRANCAAR96kdmK7KlVRKb9ojk18qUozJwSaFB
        TcUz94dmUooMYCnjUvZMv8/BFhRxLlMJ44td3LRDdg3z1E4agaEtnGLl
        -----END PRIVATE KEY-----
        """
}
